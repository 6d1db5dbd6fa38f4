# Python calls compiled code for this, too:
with ThreadPoolExecutor() as executor:
    rows = executor.map(compiled_row, range(SIZE))
