def add(a, b):
    return a + b

print("sum:", sum(map(add, NUMBERS, NUMBERS)))
with ThreadPoolExecutor() as executor:
    print("sum:", sum(executor.map(add, NUMBERS, NUMBERS)))
