greeting = None

def set_up(word):
    global greeting
    greeting = word

def greet(name):
    return f"{greeting}, {name}!"

with ProcessPoolExecutor(max_workers=2, initializer=set_up,
                         initargs=("Good morning",)) as executor:
    for text in executor.map(greet, ["Ada", "Guido", "Brian"]):
        print(text)
print("greeting in main:", greeting)
