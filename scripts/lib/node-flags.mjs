/**
 * What the program runs with. Messages live a moment longer than the usual young generation takes to fill, and copying them costs time; so
 * does looking through an old one that is still small. It would grow to gigabytes where a tenth is in use, too: the engine can use that memory.
 */
export const nodeFlags = ['--max-semi-space-size=64', '--initial-heap-size=300', '--max-old-space-size=768'];
