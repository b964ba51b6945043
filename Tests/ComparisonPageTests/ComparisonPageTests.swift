import ComparisonPage
import Foundation
import FoundationXML
import Testing

struct ComparisonPageTests {
    /// A page whose every text tries to be markup.
    private func page(sound: Bool = true, seeds: [UInt64] = [1, 2]) -> ComparisonPage {
        let hostile = "\"a\" & <b>'c'</script>\u{1}"
        func piece(_ schedule: String, _ seed: UInt64) -> ComparisonPage.Piece {
            .init(
                schedule: schedule, roll: "<svg viewBox=\"0 0 1 1\"><title>roll \(seed)</title></svg>",
                sound: sound
                    ? .init(ogg: Array("OggS \(schedule) \(seed)".utf8), file: "\(schedule) \(seed)#.ogg")
                    : nil,
                midiFile: "\(schedule)-\(seed).mid",
                commands: ["generate --seed \(seed) '\(hostile)'", "render \(schedule)"])
        }
        return ComparisonPage(
            title: hostile, introduction: "why \(hostile)", facts: [.init("model \(hostile)", hostile)],
            pairs: seeds.map { .init(seed: $0, nfe: 4, piece("even <&>", $0), piece("best", $0)) },
            times: [.init(schedule: "best", nfe: 4, times: [1, 0.9, 1.0 / 3, 0])],
            timesPlots: ["<svg><title>times</title></svg>"], timesNotes: ["note \(hostile)"],
            metrics: .init(
                columns: ["setting", "chord <"], rows: [["best", "0.25 ± 0.01"], [hostile, "-"]],
                caption: "of \(hostile)", command: "evaluate '\(hostile)'"),
            command: "compare '\(hostile)'", maker: "the maker")
    }

    /// The markup, without what stands in script and style elements, which XML reads otherwise than HTML does.
    private func markup(_ html: String) -> String {
        html.replacing(/<(script|style)([^>]*)>[\s\S]*?<\/\1>/) { "<\($0.1)\($0.2)></\($0.1)>" }
    }

    /// The page's elements as a parser sees them.
    private final class Reader: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) { elements.append((name, attributes)) }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
    }

    private func read(_ page: ComparisonPage) throws -> Reader {
        let (reader, parser) = (Reader(), XMLParser(data: Data(markup(page.html()).utf8)))
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError)), line \(parser.lineNumber)")
        return reader
    }

    @Test func `The page is well-formed, and texts stay texts`() throws {
        let reader = try read(page())
        let hostile = "\"a\" & <b>'c'</script>"
        for text in [
            hostile, "why \(hostile)", "note \(hostile)", "model \(hostile)", "of \(hostile)",
            "compare '\(hostile)'",
            "evaluate '\(hostile)'",
            "generate --seed 2 '\(hostile)'", "Seed 1, NFE 4", "even <&>", "chord <", "0.25 ± 0.01",
            "1, 0.9, 0.3333, 0",
            "the maker",
        ] {
            #expect(reader.text.contains(text), "\(text)")
        }
        #expect(!reader.elements.contains { $0.name == "b" })
        let ids = reader.elements.compactMap { $0.attributes["id"] }
        #expect(Set(ids).count == ids.count)
        for (name, attributes) in reader.elements {
            let label = attributes["aria-labelledby"]
            #expect(label.map(ids.contains) ?? true, "\(name) is named by \(label ?? "")")
        }
    }

    @Test func `Every piece is on it: sound, roll, files`() throws {
        let reader = try read(page())
        let sounds = reader.elements.filter { $0.name == "audio" }.compactMap { $0.attributes["src"] }
        let expected = ["even <&> 1", "best 1", "even <&> 2", "best 2"]
        let bytes = sounds.map { sound in
            Data(base64Encoded: String(sound.trimmingPrefix("data:audio/ogg;base64,"))) ?? Data()
        }
        #expect(bytes == expected.map { Data("OggS \($0)".utf8) })
        let links = reader.elements.filter { $0.name == "a" }.compactMap { $0.attributes["href"] }
        #expect(links.contains("./best-2.mid") && links.contains("./even%20%3C%26%3E%201%23.ogg"))
        #expect(reader.elements.count { $0.name == "svg" } == 5)
    }

    @Test func `Nothing is fetched`() throws {
        let page = page()
        let reader = try read(page)
        for (name, attributes) in reader.elements {
            for key in ["src", "href", "action", "data", "poster", "srcset"] {
                guard let address = attributes[key] else { continue }
                #expect(
                    ["data:", "./", "#"].contains(where: address.hasPrefix),
                    "\(name) \(key)=\(address.prefix(80))")
            }
        }
        let policy = reader.elements.first { $0.attributes["http-equiv"] == "Content-Security-Policy" }
        #expect(policy?.attributes["content"]?.hasPrefix("default-src 'none'") == true)
        for word in ["http:", "https:", "@import", "url(", "fetch(", "XMLHttpRequest", "localStorage"] {
            #expect(!page.html().contains(word), "\(word)")
        }
    }

    @Test func `The test is told of the pairs that can be heard, and its text cannot end its element`() throws
    {
        var page = page()
        page.pairs[0].second.sound = nil
        page.pairs[1].first.schedule = "</script>"
        let html = page.html()
        let start = try #require(html.range(of: "id=\"trials\">"))
        let json = html[start.upperBound...].prefix { $0 != "<" }
        struct Trial: Decodable {
            struct Side: Decodable { let schedule, sound: String }
            let name: String
            let sides: [Side]
        }
        let trials = try JSONDecoder().decode([Trial].self, from: Data(json.utf8))
        #expect(trials.map(\.name) == ["Seed 2, NFE 4"])
        #expect(trials[0].sides.map(\.schedule) == ["</script>", "best"])
        let ids = try read(page).elements.filter { $0.name == "audio" }.compactMap { $0.attributes["id"] }
        #expect(trials[0].sides.allSatisfy { ids.contains($0.sound) })
    }

    @Test func `Without sound there is no test`() throws {
        let reader = try read(page(sound: false))
        #expect(!reader.elements.contains { $0.name == "audio" || $0.attributes["id"] == "test-run" })
        #expect(reader.elements.contains { $0.attributes["href"] == "./best-1.mid" })
    }

    @Test func `Equal values give equal pages, others others`() {
        #expect(page().html() == page().html())
        #expect(page().html() != page(seeds: [1, 3]).html())
        #expect(page().html().contains("content=\"\(ComparisonPage.generator)\""))
    }
}
