def is_prime(n):
    if n < 2 or (n > 2 and n % 2 == 0):
        return False
    return all(n % i for i in range(3, isqrt(n) + 1, 2))

def main():
    with ProcessPoolExecutor() as executor:
        for n, prime in zip(PRIMES, executor.map(is_prime, PRIMES)):
            print(f"{n} is prime: {prime}")

if __name__ == "__main__":
    main()
