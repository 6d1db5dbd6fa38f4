def compute(n):
    return sum(i % 7 for i in range(n))

def load(seconds):
    time.sleep(seconds)          # lets go of the GIL

def timed(name, fn, *args):
    start = time.perf_counter()
    list(fn(*args))
    print(f"{name}: {time.perf_counter() - start:.2f} s")

def main():
    print("GIL:", sys._is_gil_enabled(), sys.getswitchinterval())
    with ThreadPoolExecutor(max_workers=4) as executor:
        timed("CPU, in sequence", map, compute, [10**7] * 4)
        timed("CPU, threads", executor.map, compute, [10**7] * 4)
        timed("I/O, in sequence", map, load, [0.3] * 4)
        timed("I/O, threads", executor.map, load, [0.3] * 4)

if __name__ == "__main__":
    main()
