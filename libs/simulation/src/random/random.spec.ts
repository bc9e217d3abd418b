import { describe, expect, it } from 'vitest';
import { exp, ln, power } from './exact-math.js';
import { Stream } from './stream.js';

describe('exact math', () => {
  it('agrees with the engine to twelve digits', () => {
    for (let x = 1e-9; x < 1e9; x *= 1.37) expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-12);
    for (let x = -30; x < 30; x += 0.173) expect(Math.abs(exp(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
    expect(Math.abs(power(7, -0.8) - 7 ** -0.8)).toBeLessThan(1e-12);
  });

  it('gives these bits on every machine', () => {
    // Numbers with all their digits: a platform on which one of them differs would make other worlds.
    expect([ln(0.3), exp(-1.7), power(3, 0.8)]).toEqual([-1.2039728043259361, 0.18268352405273466, 2.4082246852806923]);
  });
});

describe('a stream', () => {
  it('follows from its four words', () => {
    const draw = (...words: ConstructorParameters<typeof Stream>): number => new Stream(...words).word();
    expect(draw(4, 'order', 17, 2)).toBe(draw(4, 'order', 17, 2));
    const others = [
      draw(4, 'order', 17, 2),
      draw(5, 'order', 17, 2),
      draw(4, 'path', 17, 2),
      draw(4, 'order', 18, 2),
      draw(4, 'order', 17, 3),
    ];
    expect(new Set(others).size).toBe(5);
    // A seed above 32 bits is another one than its lower half.
    expect(draw(2 ** 40 + 4, 'order', 17, 2)).not.toBe(others[0]);
  });

  it('has no two equal beginnings among a hundred thousand neighbours', () => {
    const first = new Set<number>();
    for (let entity = 0; entity < 100_000; entity += 1) {
      const random = new Stream(4, 'latent', entity);
      first.add(random.word() * 2 ** 20 + (random.word() >>> 12));
    }
    expect(first.size).toBe(100_000);
  });

  it('has the means and variances it says', () => {
    const moments = (draw: (random: Stream) => number): [number, number] => {
      const values = Array.from({ length: 100_000 }, (_, entity) => draw(new Stream(9, 'profile', entity)));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length];
    };
    const near = (actual: [number, number], mean: number, variance: number): void => {
      expect(Math.abs(actual[0] - mean)).toBeLessThan(0.02 * Math.max(1, Math.sqrt(variance)));
      expect(Math.abs(actual[1] / variance - 1)).toBeLessThan(0.04);
    };
    near(
      moments((random) => random.uniform()),
      0.5,
      1 / 12,
    );
    near(
      moments((random) => random.normal()),
      0,
      1,
    );
    near(
      moments((random) => random.exponential(3)),
      3,
      9,
    );
    near(
      moments((random) => random.gamma(1.47)),
      1.47,
      1.47,
    );
    near(
      moments((random) => random.gamma(0.75)),
      0.75,
      0.75,
    );
    near(
      moments((random) => random.beta22()),
      0.5,
      0.05,
    );
    near(
      moments((random) => random.poisson(0.6)),
      0.6,
      0.6,
    );
    near(
      moments((random) => random.geometric(0.82)),
      0.82,
      0.82 * 1.82,
    );
  });
});
