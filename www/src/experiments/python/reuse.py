executor = ThreadPoolExecutor(max_workers=2)
for batch in [[1, 2, 3], [4, 5, 6]]:
    print(list(executor.map(square, batch)))

executor.shutdown()
try:
    executor.submit(square, 7)
except RuntimeError as error:
    print(f"RuntimeError: {error}")
