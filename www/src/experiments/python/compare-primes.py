def measure(Executor, workers):
    with Executor(max_workers=workers) as executor:
        list(executor.map(is_prime, PRIMES))  # warm up
        start = perf_counter()
        list(executor.map(is_prime, PRIMES))
        return perf_counter() - start

for Executor in ThreadPoolExecutor, ProcessPoolExecutor:
    for workers in 1, 2, 4:
        times = [measure(Executor, workers) for _ in range(3)]
        print(Executor.__name__, workers, median(times))
