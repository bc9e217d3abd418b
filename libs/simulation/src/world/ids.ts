/** Readable ids. A larger number than the digits hold gets more of them. */
export const customerId = (index: number): string => `C${String(index + 1).padStart(6, '0')}`;
export const productId = (index: number): string => `P${String(index + 1).padStart(4, '0')}`;
export const orderId = (index: number): string => `O${String(index + 1).padStart(7, '0')}`;
export const returnId = (index: number): string => `R${String(index + 1).padStart(6, '0')}`;

/** Whole cents as a decimal string. */
export function moneyText(cents: number): string {
  const whole = Math.floor(cents / 100);
  return `${whole}.${String(cents - whole * 100).padStart(2, '0')}`;
}
