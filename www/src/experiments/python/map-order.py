with ThreadPoolExecutor(max_workers=3) as executor:
    for text in executor.map(nap, [0.9, 0.3, 0.6]):
        print(text)
