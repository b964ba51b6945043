import COneDNN

/// What oneDNN reports when it cannot do as asked.
public struct EngineError: Error, Equatable, CustomStringConvertible, Sendable {
    /// What was being done.
    public let operation: String
    /// oneDNN's status code.
    public let status: UInt32

    /// Creates an error.
    public init(operation: String, status: UInt32) {
        self.operation = operation
        self.status = status
    }

    /// One line that names the operation and the reason.
    public var description: String {
        let reason =
            switch dnnl_status_t(rawValue: status) {
            case dnnl_out_of_memory: "out of memory"
            case dnnl_invalid_arguments: "invalid arguments"
            case dnnl_unimplemented: "not implemented for this processor"
            case dnnl_runtime_error: "error while running"
            default: "status \(status)"
            }
        return "oneDNN could not \(operation): \(reason)"
    }
}

func check(_ status: dnnl_status_t, _ operation: @autoclosure () -> String) throws(EngineError) {
    guard status == dnnl_success else { throw EngineError(operation: operation(), status: status.rawValue) }
}

/// oneDNN's CPU engine and one stream on it. A plan has one for each thread that runs it, and one thread at a time uses it.
public final class Engine: @unchecked Sendable {
    let handle: dnnl_engine_t
    let stream: dnnl_stream_t

    /// Opens the CPU engine.
    public init() throws(EngineError) {
        // Nobody profiles the kernels here, and looking for a profiler takes 3 ms of a start.
        _ = dnnl_set_jit_profiling_flags(0)
        var engine: dnnl_engine_t?
        try check(dnnl_engine_create(&engine, dnnl_cpu, 0), "open the CPU engine")
        var stream: dnnl_stream_t?
        let flags = dnnl_stream_flags_t(dnnl_stream_default_flags.rawValue)
        try check(dnnl_stream_create(&stream, engine, UInt32(flags.rawValue)), "open a stream")
        guard let engine, let stream else { throw EngineError(operation: "open the CPU engine", status: 0) }
        self.handle = engine
        self.stream = stream
    }

    deinit {
        dnnl_stream_destroy(stream)
        dnnl_engine_destroy(handle)
    }

    /// Sets how many threads oneDNN uses in calls from the calling thread.
    public static func useThreads(_ count: Int) { omp_set_num_threads(Int32(clamping: max(1, count))) }

    /// How many threads oneDNN uses in calls from the calling thread: the cores, or `OMP_NUM_THREADS`.
    public static var threads: Int { Int(omp_get_max_threads()) }

    /// oneDNN's version, such as "2.6.3".
    public static var version: String {
        guard let version = dnnl_version()?.pointee else { return "unknown" }
        return "\(version.major).\(version.minor).\(version.patch)"
    }

    /// Whether this processor multiplies bf16 matrices natively, so that bf16 is the faster precision.
    public static var hasBF16: Bool {
        let isa = dnnl_get_effective_cpu_isa().rawValue
        let required = dnnl_cpu_isa_avx512_core_bf16.rawValue
        return isa & required == required
    }
}

/// A oneDNN primitive bound to its operands: made once by a plan, run many times.
final class Operation {
    private let name: String
    private let engine: Engine
    private let primitive: dnnl_primitive_t
    private var arguments: [dnnl_exec_arg_t] = []
    private var buffers: [Buffer] = []

    /// Makes the primitive that `create` describes and binds the operands to it.
    init(
        _ name: String, on engine: Engine, operands: [(argument: Int32, tensor: Tensor)],
        create: (inout onednn_operation, [onednn_tensor]) -> dnnl_status_t
    ) throws(EngineError) {
        let tensors = operands.map { onednn_tensor($0.tensor) }
        var operation = onednn_operation()
        try check(create(&operation, tensors), "prepare \(name) of \(operands.map(\.tensor.shape))")
        self.name = name
        self.engine = engine
        self.primitive = operation.primitive
        for (tensor, (argument, view)) in zip(tensors, operands) {
            let start = view.buffer.pointer + view.offset * view.buffer.precision.byteCount
            try bind(argument, tensor, start, view.buffer)
        }
        if operation.scratch > 0 {
            let scratch = Buffer(.f32, count: (operation.scratch + 3) / 4)
            let bytes = onednn_tensor(shape: [operation.scratch], strides: [1], type: dnnl_u8)
            try bind(DNNL_ARG_SCRATCHPAD, bytes, scratch.pointer, scratch)
        }
    }

    deinit {
        for argument in arguments { dnnl_memory_destroy(argument.memory) }
        dnnl_primitive_destroy(primitive)
    }

    /// Points an operand, counted as they were given, elsewhere.
    func move(_ operand: Int, to start: UnsafeMutableRawPointer) throws(EngineError) {
        try check(
            dnnl_memory_set_data_handle(arguments[operand].memory, start), "move an operand of \(name)")
    }

    func run() throws(EngineError) {
        try check(
            dnnl_primitive_execute(primitive, engine.stream, Int32(arguments.count), arguments), "run \(name)"
        )
    }

    private func bind(
        _ argument: Int32, _ tensor: onednn_tensor, _ start: UnsafeMutableRawPointer, _ owner: Buffer
    ) throws(EngineError) {
        var tensor = tensor
        var memory: dnnl_memory_t?
        try check(onednn_memory_create(&memory, &tensor, engine.handle, start), "bind an operand of \(name)")
        arguments.append(dnnl_exec_arg_t(arg: argument, memory: memory))
        buffers.append(owner)
    }
}

extension onednn_tensor {
    init(shape: [Int], strides: [Int], type: dnnl_data_type_t) {
        precondition(shape.count <= 4 && shape.count == strides.count)
        self.init()
        ndims = Int32(shape.count)
        self.type = type
        withUnsafeMutableBytes(of: &dims) { $0.withMemoryRebound(to: Int64.self) { copy(shape, to: $0) } }
        withUnsafeMutableBytes(of: &self.strides) {
            $0.withMemoryRebound(to: Int64.self) { copy(strides, to: $0) }
        }
    }

    init(_ tensor: Tensor) {
        self.init(
            shape: tensor.shape, strides: tensor.strides,
            type: tensor.buffer.precision == .f32 ? dnnl_f32 : dnnl_bf16)
    }
}

private func copy(_ values: [Int], to target: UnsafeMutableBufferPointer<Int64>) {
    for (i, value) in values.enumerated() { target[i] = Int64(value) }
}
