def scale(factor, unit, value):
    return f"{factor * value:g} {unit}"

with ThreadPoolExecutor() as executor:
    in_grams = partial(scale, 1000, "g")
    for text in executor.map(in_grams, [1, 2.5, 4]):
        print(text)
