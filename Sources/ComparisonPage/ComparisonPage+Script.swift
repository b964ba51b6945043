extension ComparisonPage {
    /// The page's script: one sound at a time, and the blind test.
    static let script = #"""
        "use strict";

        // One sound at a time, in the test and below it.
        document.addEventListener("play", event => {
          for (const other of document.querySelectorAll("audio")) if (other !== event.target) other.pause();
          stopTest();
        }, true);

        const find = id => document.getElementById(id);
        const trials = find("trials") ? JSON.parse(find("trials").textContent) : [];
        const players = [...document.querySelectorAll("[data-play]")];
        const choices = [...document.querySelectorAll("[data-choice]")];
        const test = { order: [], index: 0, sounds: {}, heard: new Set(), answers: [], failed: false };

        /** A whole number below `count`, each as likely as the others. */
        function draw(count) {
          const limit = Math.floor(2 ** 32 / count) * count;
          const value = new Uint32Array(1);
          do { crypto.getRandomValues(value); } while (value[0] >= limit);
          return value[0] % count;
        }

        function start() {
          test.order = trials.map(trial => ({ name: trial.name, sides: draw(2) ? [...trial.sides].reverse() : trial.sides }));
          for (let last = test.order.length - 1; last > 0; last--) {
            const other = draw(last + 1);
            [test.order[last], test.order[other]] = [test.order[other], test.order[last]];
          }
          test.answers = [];
          find("test-start").hidden = find("test-result").hidden = true;
          find("test-run").hidden = false;
          show(0);
          find("test-run").focus();
        }

        function show(index) {
          stopTest();
          test.index = index;
          test.heard = new Set();
          test.sounds = {};
          test.failed = false;
          ["A", "B"].forEach((side, place) => {
            const sound = new Audio();
            sound.preload = "auto";
            sound.src = find(test.order[index].sides[place].sound).src;
            for (const event of ["play", "pause", "ended", "timeupdate"]) sound.addEventListener(event, () => mark(side));
            // A sound of the pair before may still have something to say.
            const ifShown = action => () => { if (test.sounds[side] === sound) action(); };
            sound.addEventListener("playing", ifShown(() => { test.heard.add(side); allow(); }));
            sound.addEventListener("error", ifShown(fail));
            test.sounds[side] = sound;
            mark(side);
          });
          find("test-progress").textContent = `Pair ${index + 1} of ${test.order.length}`;
          find("test-bar").value = index;
          say(`Pair ${index + 1} of ${test.order.length}. Hear both before you choose.`);
          allow();
        }

        /** Choices count once both sides have been heard. */
        function allow() {
          const missing = ["A", "B"].filter(side => !test.heard.has(side));
          for (const button of choices) button.setAttribute("aria-disabled", missing.length > 0);
          for (const button of players) button.classList.toggle("heard", test.heard.has(button.dataset.play));
        }

        function mark(side) {
          const sound = test.sounds[side], button = players.find(button => button.dataset.play === side);
          if (!sound) return;
          const playing = !sound.paused && !sound.ended;
          button.setAttribute("aria-pressed", playing);
          button.querySelector("[data-label]").textContent = playing ? "Stop" : "Play";
          const share = sound.duration > 0 ? sound.currentTime / sound.duration : 0;
          button.querySelector(".position span").style.width = `${100 * Math.min(1, share)}%`;
        }

        function stopTest() {
          for (const sound of Object.values(test.sounds)) sound.pause();
        }

        function play(side) {
          const sound = test.sounds[side], wasPlaying = !sound.paused && !sound.ended;
          stopTest();
          for (const other of document.querySelectorAll("audio")) other.pause();
          if (wasPlaying) return;
          sound.currentTime = 0;
          sound.play().then(() => say(`Playing ${side}.`), error => { if (error.name !== "AbortError") fail(); });
        }

        function fail() {
          if (test.failed) return;
          test.failed = true;
          say("This browser does not play Ogg Vorbis. Current ones of Firefox, Chrome, Edge and Safari do.");
        }

        function choose(side) {
          const missing = ["A", "B"].filter(side => !test.heard.has(side));
          if (missing.length > 0) {
            if (!test.failed) say(`Play ${missing.join(" and ")} first.`);
            return;
          }
          const { name, sides } = test.order[test.index];
          const preferred = side === "" ? null : sides[side === "A" ? 0 : 1].schedule;
          test.answers.push({ name, sides, side, preferred });
          if (test.index + 1 < test.order.length) show(test.index + 1); else reveal();
        }

        function say(text) { find("test-status").textContent = text; }

        /** The chance of a split at least as uneven, were each preference a coin's: the two-sided sign test. */
        function signTest(first, second) {
          const count = first + second;
          let term = 0.5 ** count, tail = 0;
          for (let k = 0; k <= Math.min(first, second); k++) {
            tail += term;
            term *= (count - k) / (k + 1);
          }
          return Math.min(1, 2 * tail);
        }

        function row(head, cells) {
          const line = document.createElement("tr"), name = document.createElement("th");
          name.scope = "row";
          name.textContent = head;
          line.append(name, ...cells.map(text => {
            const cell = document.createElement("td");
            cell.textContent = text;
            return cell;
          }));
          return line;
        }

        function reveal() {
          stopTest();
          const names = trials[0].sides.map(side => side.schedule);
          const count = (answers, name) => answers.filter(answer => answer.preferred === name).length;
          const [first, second] = names.map(name => count(test.answers, name));
          const p = signTest(first, second), least = signTest(0, first + second);
          find("result-verdict").textContent = first + second === 0
            ? "You preferred neither in any pair."
            : `${names[0]} ${first}, ${names[1]} ${second}, no preference ${count(test.answers, null)}. `
              + `Two-sided sign test over ${first + second} preference${first + second === 1 ? "" : "s"}: p\u00A0=\u00A0${p.toFixed(3)}. `
              + `Chance alone gives a split at least as uneven with this probability; all alike would have p\u00A0=\u00A0${least.toFixed(3)}.`;
          const groups = [["All", test.answers]];
          const kinds = [...new Set(trials.map(trial => trial.name.split(", ")[1]))];
          if (kinds.length > 1) {
            for (const kind of kinds) groups.push([kind, test.answers.filter(answer => answer.name.endsWith(`, ${kind}`))]);
          }
          find("result-tally").tHead.rows[0].replaceChildren(...["Pairs", ...names, "no preference"].map(text => {
            const cell = document.createElement("th");
            cell.scope = "col";
            cell.textContent = text;
            return cell;
          }));
          find("result-tally").tBodies[0].replaceChildren(...groups.map(([name, answers]) =>
            row(name, [...names, null].map(schedule => count(answers, schedule)))));
          find("result-pairs").tBodies[0].replaceChildren(...test.answers.map(({ name, sides, side, preferred }) =>
            row(name, [sides[0].schedule, sides[1].schedule, side === "" ? "neither" : `${side}, ${preferred}`])));
          find("test-run").hidden = true;
          find("test-result").hidden = false;
          find("result-title").focus();
        }

        /** The keys of the test, heard while the focus is in it. */
        function key(event) {
          if (event.ctrlKey || event.altKey || event.metaKey) return;
          const actions = {
            a: () => play("A"), b: () => play("B"), Escape: stopTest,
            ArrowLeft: () => choose("A"), ArrowRight: () => choose("B"), ArrowDown: () => choose(""),
          };
          const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
          if (!action) return;
          event.preventDefault();
          if (!event.repeat) action();
        }

        if (trials.length > 0) {
          find("start").addEventListener("click", start);
          find("again").addEventListener("click", start);
          find("test-run").addEventListener("keydown", key);
          for (const button of players) button.addEventListener("click", () => play(button.dataset.play));
          for (const button of choices) button.addEventListener("click", () => choose(button.dataset.choice));
        }
        """#
}
