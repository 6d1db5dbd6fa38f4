def download_one(cc):
    image = get_flag(cc)
    save_flag(image, f"{cc}.gif")
    return cc

def download_many(cc_list):
    with ThreadPoolExecutor() as executor:
        res = executor.map(download_one, sorted(cc_list))
    return len(list(res))
