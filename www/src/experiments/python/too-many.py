for Executor, count in [(ProcessPoolExecutor, 10),
                        (ThreadPoolExecutor, 100)]:
    start = perf_counter()
    with Executor(max_workers=count) as executor:
        wait([executor.submit(sleep, 1) for _ in range(count)])
    extra = perf_counter() - start - 1
    print(f"{count} × {Executor.__name__}: {extra / count * 1000:.3f} ms each")

async def main():  # thousands of coroutines
    await asyncio.gather(*(asyncio.sleep(1) for _ in range(10_000)))
