#!/usr/bin/env python3
"""Times the pre-norm transformer encoder of `pianojys bench` in PyTorch or JAX on the CPU.

A line of JSON: median milliseconds of one forward pass (with --train of one forward and backward) and the rate that its matrix products
alone amount to. The options are those of `pianojys bench`.
"""
import argparse
import json
import statistics
import time


def torch_step(o):
    """One pass of PyTorch, to be called again and again, and the name of what ran."""
    import torch
    import torch.nn.functional as F

    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = torch.nn.LayerNorm(o.width), torch.nn.LayerNorm(o.width)
            self.qkv, self.out = torch.nn.Linear(o.width, 3 * o.width), torch.nn.Linear(o.width, o.width)
            self.up, self.down = torch.nn.Linear(o.width, o.feedforward), torch.nn.Linear(o.feedforward, o.width)

        def forward(self, x):
            b, n, w = x.shape
            q, k, v = self.qkv(self.norm1(x)).view(b, n, 3, o.heads, w // o.heads).permute(2, 0, 3, 1, 4)
            attended = F.scaled_dot_product_attention(q, k, v)
            x = x + self.out(attended.transpose(1, 2).reshape(b, n, w))
            return x + self.down(F.gelu(self.up(self.norm2(x)), approximate="tanh"))

    torch.set_num_threads(o.threads)
    dtype = torch.bfloat16 if o.dtype == "bf16" else torch.float32
    model = torch.nn.Sequential(*[Block() for _ in range(o.layers)])
    if not o.train:
        model = model.to(dtype).eval()
    run = torch.compile(model) if o.compile else model
    x = torch.randn(o.batch, o.positions, o.width, dtype=torch.float32 if o.train else dtype)

    def forward():
        with torch.inference_mode():
            run(x)

    def train():
        # Parameters in f32 and products in bf16, as pianojys trains.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=o.dtype == "bf16"):
            loss = run(x).float().square().mean()
        loss.backward()
        model.zero_grad(set_to_none=True)

    return train if o.train else forward, f"torch {torch.__version__}" + (", compiled" if o.compile else "")


def jax_step(o):
    """One pass of JAX, jitted. Parameters are of `dtype` themselves."""
    import jax
    import jax.numpy as jnp

    dtype = jnp.bfloat16 if o.dtype == "bf16" else jnp.float32
    key = jax.random.PRNGKey(0)

    def matrix(rows, columns):
        return (jax.random.normal(key, (rows, columns)) * 0.02).astype(dtype)

    blocks = [
        dict(norm1=jnp.ones(o.width, dtype), norm2=jnp.ones(o.width, dtype),
             qkv=matrix(o.width, 3 * o.width), out=matrix(o.width, o.width),
             up=matrix(o.width, o.feedforward), down=matrix(o.feedforward, o.width))
        for _ in range(o.layers)
    ]

    def norm(x, gain):
        y = x.astype(jnp.float32)
        y = y - y.mean(-1, keepdims=True)
        return (y * jax.lax.rsqrt(jnp.square(y).mean(-1, keepdims=True) + 1e-5)).astype(x.dtype) * gain

    def encoder(blocks, x):
        b, n, w = x.shape
        for p in blocks:
            q, k, v = jnp.moveaxis((norm(x, p["norm1"]) @ p["qkv"]).reshape(b, n, 3, o.heads, w // o.heads), 2, 0)
            x = x + jax.nn.dot_product_attention(q, k, v).reshape(b, n, w) @ p["out"]
            x = x + jax.nn.gelu(norm(x, p["norm2"]) @ p["up"]) @ p["down"]
        return x

    def loss(blocks, x):
        return jnp.square(encoder(blocks, x).astype(jnp.float32)).mean()

    run = jax.jit(jax.grad(loss) if o.train else encoder)
    x = jax.random.normal(key, (o.batch, o.positions, o.width)).astype(dtype)
    return lambda: jax.block_until_ready(run(blocks, x)), f"jax {jax.__version__}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("framework", choices=["torch", "jax"])
    for name, default in dict(batch=1, positions=512, width=256, layers=6, heads=8, feedforward=1024, threads=2, runs=15).items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--dtype", choices=["f32", "bf16"], default="f32")
    parser.add_argument("--compile", action="store_true", help="torch.compile; JAX always compiles")
    parser.add_argument("--train", action="store_true")
    o = parser.parse_args()
    step, peer = (torch_step if o.framework == "torch" else jax_step)(o)
    for _ in range(3):
        step()
    times = []
    for _ in range(o.runs):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    seconds = statistics.median(times)
    per_position = 8 * o.width**2 + 4 * o.width * o.feedforward + 4 * o.positions * o.width
    operations = o.batch * o.positions * o.layers * per_position * (3 if o.train else 1)
    print(json.dumps(dict(
        peer=peer, batch=o.batch, positions=o.positions, dtype=o.dtype, train=o.train, threads=o.threads,
        milliseconds=round(seconds * 1e3, 2), gflops=round(operations / seconds / 1e9, 1))))


main()
