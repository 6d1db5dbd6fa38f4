def remove_vowels(word):
    return "".join(c for c in word if c.lower() not in "aeiou")

WORDS = ["concurrent", "futures", "execute", "asynchronously"]

print(list(map(remove_vowels, WORDS)))
with ThreadPoolExecutor() as executor:
    print(list(executor.map(remove_vowels, WORDS)))
