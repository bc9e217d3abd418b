import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { MessagePort } from 'node:worker_threads';

/** What the thread is started with: the model, and the logit to which its contributions are added. */
export interface ThreadData {
  readonly file: Uint8Array;
  readonly base: number;
}

/** Rows to be scored, or the end. */
export interface Run {
  readonly kind: 'run';
  readonly id: number;
  readonly rows: Float32Array;
  readonly count: number;
  readonly contributions: boolean;
}

/** Whether the file is a model, and its ends: name -> type and shape, as `float32[N,35]`. */
export type Opened = { readonly kind: 'opened' } & (
  | { readonly ok: true; readonly inputs: Readonly<Record<string, string>>; readonly outputs: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly message: string }
);

export type Answer =
  | Opened
  | { readonly kind: 'ran'; readonly id: number; readonly ok: true; readonly prob: Float32Array; readonly contrib?: Float32Array }
  | { readonly kind: 'ran'; readonly id: number; readonly ok: false; readonly message: string };

interface Runtime {
  readonly InferenceSession: typeof InferenceSession;
  readonly Tensor: typeof Tensor;
}

/**
 * What the thread does. It is handed over as its text, so it may name nothing but its parameters and what every thread has.
 *
 * The same row must give the same bits in any company, since an instant is decided by them. The graph's own `prob` does not: its sum runs
 * through vector registers, in an order that hangs on where in the batch a row stands (seen: one row in seven differs in the last bit).
 * Contributions do not, trees are added one by one: so the probability is added up here from them, in float64. One thread inside for the
 * same reason: with several, trees are added in parts.
 */
export async function serveSession(port: MessagePort, runtime: Runtime, { file, base }: ThreadData): Promise<void> {
  const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const endsOf = (metadata: readonly InferenceSession.ValueMetadata[]): Record<string, string> =>
    Object.fromEntries(metadata.map((each) => [each.name, each.isTensor ? `${each.type}[${each.shape.join(',')}]` : 'no tensor']));
  const probabilities = (contrib: Float32Array, count: number): Float32Array<ArrayBuffer> => {
    const [prob, width] = [new Float32Array(count), contrib.length / count];
    for (let row = 0; row < count; row += 1) {
      let logit = base;
      for (let place = row * width; place < (row + 1) * width; place += 1) logit += contrib[place] ?? NaN;
      prob[row] = 1 / (1 + Math.exp(-logit));
    }
    return prob;
  };
  let session: InferenceSession | undefined;
  try {
    session = await runtime.InferenceSession.create(file, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
    port.postMessage({ kind: 'opened', ok: true, inputs: endsOf(session.inputMetadata), outputs: endsOf(session.outputMetadata) });
  } catch (error) {
    port.postMessage({ kind: 'opened', ok: false, message: textOf(error) });
  }
  const score = async ({ id, rows, count, contributions }: Run): Promise<void> => {
    try {
      if (!session) throw new Error('no model');
      const features = new runtime.Tensor('float32', rows, [count, rows.length / count]);
      const ran = await session.run({ features }, ['prob', 'contrib']);
      // A copy: what a session gives may lie in its own memory, which cannot be handed over.
      const contrib = new Float32Array(ran['contrib']?.data as Float32Array);
      const prob = probabilities(contrib, count);
      const graphs = ran['prob']?.data as Float32Array;
      const away = prob.findIndex((each, row) => !(Math.abs(each - (graphs[row] ?? NaN)) <= 1e-5));
      if (away >= 0) throw new Error(`base and contributions give ${prob[away] ?? NaN} where the graph gives ${graphs[away] ?? NaN}`);
      if (!contributions) return port.postMessage({ kind: 'ran', id, ok: true, prob }, [prob.buffer]);
      port.postMessage({ kind: 'ran', id, ok: true, prob, contrib }, [prob.buffer, contrib.buffer]);
    } catch (error) {
      port.postMessage({ kind: 'ran', id, ok: false, message: textOf(error) });
    }
  };
  // One after the other, in the order of the messages.
  let last = Promise.resolve();
  port.on('message', (message: Run | { readonly kind: 'close' }) => {
    last = last.then(async () => {
      if (message.kind === 'run') return score(message);
      await session?.release();
      port.close();
    });
  });
}
