/** How a client tries again. Standard mode: exponential with full jitter, from one second after throttling. */
export const RETRIES = { retryMode: 'standard', maxAttempts: 8 } as const;

/** Time limits of one attempt, in milliseconds. The SDK has none of its own, and warns only unless told to throw. */
export const TIME_LIMITS = {
  connectionTimeout: 5_000,
  requestTimeout: 30_000,
  socketTimeout: 30_000,
  throwOnRequestTimeout: true,
} as const;
