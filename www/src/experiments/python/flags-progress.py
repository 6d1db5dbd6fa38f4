with ThreadPoolExecutor(max_workers=5) as executor:
    to_do_map = {executor.submit(download_one, cc): cc
                 for cc in cc_list}
    done_iter = as_completed(to_do_map)
    for future in tqdm(done_iter, total=len(cc_list), desc="flags"):
        future.result()
