extension Score.Key {
    /// The key from the beginning that a name means: a letter from A to G, `#` or `b` if need be, and `m` for minor, such
    /// as "G", "Bb" or "F#m"; nil for what is no such name, and for keys of more than seven sharps or flats.
    public init?(name: String) {
        var rest = name[...]
        guard let letter = rest.popFirst()?.uppercased(), let place = Self.letters.firstIndex(of: letter)
        else {
            return nil
        }
        var fifths = place - 1
        if rest.first == "#" || rest.first == "b" { fifths += rest.removeFirst() == "#" ? 7 : -7 }
        let isMinor = rest == "m"
        if isMinor { fifths -= 3 }
        guard isMinor || rest.isEmpty, (-7...7).contains(fifths) else { return nil }
        self.init(tick: 0, fifths: fifths, isMinor: isMinor)
    }

    /// In the order of fifths; C has no sharps.
    private static let letters = ["F", "C", "G", "D", "A", "E", "B"]

    /// The pitch class of the tonic, 0 for C up to 11.
    public var tonic: Int { ((7 * fifths + (isMinor ? 9 : 0)) % 12 + 12) % 12 }
}
