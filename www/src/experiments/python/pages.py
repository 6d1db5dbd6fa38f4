with ThreadPoolExecutor(max_workers=5) as executor:
    future_to_url = {executor.submit(load_url, url, 60): url
                     for url in URLS}
    for future in as_completed(future_to_url):
        url = future_to_url[future]
        try:
            data = future.result()
        except Exception as error:
            print(f"{url!r} generated an exception: {error}")
        else:
            print(f"{url!r} page is {len(data)} bytes")
