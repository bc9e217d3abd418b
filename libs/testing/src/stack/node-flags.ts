/** How Node is told to run a program of the product: as `npm start` and the image do. A spec holds them together. */
export const nodeFlags = ['--max-semi-space-size=64', '--initial-heap-size=300', '--max-old-space-size=768'] as const;
