# pianojys: build, run, test, install. `make run` and `make test` install what is missing first.

SHELL := /bin/bash
ARCH ?= native
PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# Swift's kernels get the machine's vector instructions through clang's target.
FLAGS := -c release -Xcc -march=$(ARCH) --explicit-target-dependency-import-check error
PACKAGES := libasound2-dev libfluidsynth-dev libsndfile1-dev libdnnl-dev timgm6mb-soundfont
PROGRAM := .build/release/pianojys

.PHONY: all run build packages lint test test-only realtime soak browser-test compare-readers fuzz help-texts samples \
    mpi mpi-test onednn3-test peers bench install clean

all: build

# Asks dpkg, and apt only for what is not there.
packages:
	@missing=""; for package in $(PACKAGES); do \
	    dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' \
	        || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	    echo "installing$$missing"; \
	    sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    $$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive \
	        apt-get install -y -qq --no-install-recommends $$missing; \
	fi

# With Swift's libraries inside, the program needs no toolchain where it is installed, and starts sooner.
build: packages
	$(SWIFT) build $(FLAGS) --static-swift-stdlib

run: build
	$(PROGRAM) generate --nfe 8 out.mid out.wav

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests Package.swift

# All that CI runs.
# One build: with tests and without, modules are compiled with different options.
test: packages lint
	$(SWIFT) build $(FLAGS) --build-tests
	$(SWIFT) test $(FLAGS) --skip-build

# Some of the tests: make test-only FILTER=PianoRollTests
test-only: packages
	$(SWIFT) test $(FLAGS) --filter "$(FILTER)"

# The program that works in several processes: .build-mpi/release/pianojys.
mpi mpi-test: PACKAGES += libopenmpi-dev openmpi-bin
mpi: packages
	$(SWIFT) build $(FLAGS) --traits MPI --scratch-path .build-mpi --product pianojys

# Trains and measures with it in several processes and in one, kills some, and compares.
mpi-test: mpi
	Tests/ProcessGroupsTests/mpi.sh .build-mpi/release/pianojys

# Plays in real time through PulseAudio's null sink, and listens: length, and drop-outs.
realtime: build
	FLAGS="$(FLAGS)" Tests/AudioTests/realtime.sh

# Composes and plays for so many minutes through the same sink, beside a busy loop on each core.
MINUTES ?= 60
soak: build
	Tests/AudioTests/live.sh $(MINUTES)

# Compares the notes read of the MIDI files below FOLDER with those that mido and symusic read (from PyPI, in .venv).
compare-readers: build
	@test -n "$(FOLDER)" || { echo "make compare-readers FOLDER=..."; exit 64; }
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -c 'import mido, symusic' 2>/dev/null || .venv/bin/pip install -q mido==1.3.3 symusic==0.6.0
	.venv/bin/python Tests/MIDIFileTests/compare_readers.py $(PROGRAM) "$(FOLDER)"

# Runs every parser of foreign bytes under libFuzzer for so many seconds, and RUNS inputs at most.
SECONDS ?= 60
RUNS ?= -1
fuzz: packages
	Tests/FuzzTargets/fuzz.sh $(SECONDS) $(RUNS)

# Builds against oneDNN 3 (3.2, from PyPI, in .build-onednn3) and tests all that computes with it.
ONEDNN3 := .build-onednn3/onednn
ONEDNN3_FLAGS = $(FLAGS) --scratch-path .build-onednn3 -Xcc -I$(CURDIR)/$(ONEDNN3)/include \
    -Xlinker -L$(CURDIR)/$(ONEDNN3)/lib -Xlinker -rpath -Xlinker $(CURDIR)/$(ONEDNN3)/lib
onednn3-test: packages
	@mkdir -p $(ONEDNN3)
	@test -e $(ONEDNN3)/lib/libdnnl.so || { \
	    test -x .venv/bin/python || python3 -m venv .venv; \
	    .venv/bin/pip download -q --no-deps -d $(ONEDNN3) onednn-devel-cpu-gomp==2023.2.0 onednn-cpu-gomp==2023.2.0 && \
	    for wheel in $(ONEDNN3)/*.whl; do python3 -m zipfile -e $$wheel $(ONEDNN3)/unpacked; done && \
	    cp -R $(ONEDNN3)/unpacked/*.data/data/include $(ONEDNN3)/unpacked/*.data/data/lib $(ONEDNN3)/; }
	$(SWIFT) build $(ONEDNN3_FLAGS) --build-tests
	$(SWIFT) test $(ONEDNN3_FLAGS) --skip-build \
	    --filter "NeuralEngineTests|DenoisingTransformerTests|TrainingTests|GridTrainingTests"

# Times the encoder beside PyTorch and JAX (from PyPI, in .venv, 3 GB); on a machine that does nothing else.
peers: build
	@test -x .venv/bin/python || python3 -m venv .venv
	@.venv/bin/python -c 'import torch, jax' 2>/dev/null || .venv/bin/pip install -q torch==2.15.0 jax==0.10.2
	.venv/bin/python Tests/Peers/compare.py $(PROGRAM)

# Takes the blind test of a comparison's page in a real browser; screenshots to look at go to .build/screenshots.
browser-test: PACKAGES += chromium chromium-driver python3-selenium
browser-test: build
	$(PROGRAM) compare --nfe 4,8 --seeds 1-2 --bars 2 --measured 2 --output .build/comparison
	/usr/bin/python3 Tests/ComparisonPageTests/browser.py .build/comparison/index.html .build/screenshots

# Makes Samples anew: after a change of the chorale model or its schedules.
samples: build
	$(PROGRAM) compare --nfe 4,8 --seeds 1-3 --rate 22050 --quality 0 --output Samples/chorale

# Writes the goldens of the help texts anew, to be looked at before they are committed.
help-texts: build
	@mkdir -p Tests/pianojysTests/Help
	@for command in generate play render show encode decode compare optimize evaluate reproduce train corpus "corpus build" \
	    "corpus inspect" models bench; do \
	    COLUMNS=80 $(PROGRAM) help $$command > "Tests/pianojysTests/Help/$${command/ /-}.txt"; \
	done

bench: build
	@for run in 1 2 3 4 5; do \
	    $(PROGRAM) generate --nfe 8 --seed $$run --json .build/bench.mid; \
	done
	time $(PROGRAM) generate --nfe 8 --seed 1 --quiet .build/bench.mid
	@rm -f .build/bench.mid

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/pianojys/Data
	install -s -m 755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/pianojys
	for folder in Data/models Data/corpora Data/images Schedules; do \
	    if [ -d $$folder ]; then \
	        mkdir -p $(DESTDIR)$(PREFIX)/share/pianojys/$$(dirname $$folder) && \
	        cp -R $$folder $(DESTDIR)$(PREFIX)/share/pianojys/$$(dirname $$folder)/; \
	    fi; \
	done
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	$(PROGRAM) --generate-completion-script bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pianojys
	$(PROGRAM) --generate-completion-script zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_pianojys
	install -d $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d $(DESTDIR)$(PREFIX)/share/man/man1
	$(PROGRAM) --generate-completion-script fish > $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/pianojys.fish
	docs/man.sh $(PROGRAM) > $(DESTDIR)$(PREFIX)/share/man/man1/pianojys.1

clean:
	rm -rf .build out.mid out.wav
