/**
 * Does something that may take no longer than `ms`.
 *
 * The timer holds its signal. `AbortSignal.any([signal, AbortSignal.timeout(ms)])` would not: nothing refers to a composed signal but
 * what it is composed of, and that weakly, so a garbage collection takes it away together with the limit (nodejs/node#57736), and
 * whoever never answers would hold its slot for ever.
 *
 * @param signal the process ends: aborts what is done as well, with its own reason
 * @param work is given the signal that says to give up
 * @throws the reason of `signal`; a `TimeoutError` where `ms` is over; what `work` throws
 */
export async function within<T>(ms: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const end = (): void => limit.abort(signal.reason);
  const timer = setTimeout(() => limit.abort(new DOMException(`Not within ${ms} ms.`, 'TimeoutError')), ms);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await work(limit.signal);
  } catch (error) {
    // Whatever words it found for being aborted, this is why it was.
    limit.signal.throwIfAborted();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
  }
}
