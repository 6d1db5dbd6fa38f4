def draw(executor):
    places = {executor.submit(tile, x, y): (x, y)
              for y in range(0, SIZE, TILE)
              for x in range(0, SIZE, TILE)}
    for future in as_completed(places):
        image.paste(future.result(), places[future])

with ProcessPoolExecutor() as executor:
    draw(executor)
