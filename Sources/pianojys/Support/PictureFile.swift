/// A picture that a command draws beside what it finds.
enum PictureFile {
    /// Refuses a name that is not a picture's.
    ///
    /// - Throws: `Failure.usage`.
    static func checkName(_ path: String) throws {
        guard (try? Take.Format(path: path, otherwise: .svg)) == .svg, path != "-" else {
            throw Failure.usage("\(path): the picture goes to a name that ends in .svg")
        }
    }
}
