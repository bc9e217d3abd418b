import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { MessagePort } from 'node:worker_threads';

/** What the thread is started with: the model, and the logit to which its contributions are added. */
export interface ThreadData {
  readonly file: Uint8Array;
  readonly base: number;
  /** Of predicted value: the graph whose answer is added too. All of it is then the logarithm of the answer, instead of its logit. */
  readonly offset?: Uint8Array;
}

/** Rows to be scored, or the end. */
export interface Run {
  readonly kind: 'run';
  readonly id: number;
  readonly rows: Float32Array;
  readonly count: number;
  readonly contributions: boolean;
}

/** The ends of a file: name -> type and shape, as `float32[N,35]`. */
export interface FileEnds {
  readonly input: Readonly<Record<string, string>>;
  readonly output: Readonly<Record<string, string>>;
}

/** Whether the files are models, and their ends; that of the model first. */
export type Opened = { readonly kind: 'opened' } & (
  { readonly ok: true; readonly ends: readonly FileEnds[] } | { readonly ok: false; readonly message: string }
);

export type Answer =
  | Opened
  | { readonly kind: 'ran'; readonly id: number; readonly ok: true; readonly said: Float32Array; readonly contrib?: Float32Array }
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
 * Contributions do not, trees are added one by one: so the answer is added up here from them, in float64. One thread inside for the same
 * reason: with several, trees are added in parts.
 */
export async function serveSession(port: MessagePort, runtime: Runtime, { file, base, offset }: ThreadData): Promise<void> {
  const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
  const endsOf = (metadata: readonly InferenceSession.ValueMetadata[]): Record<string, string> =>
    Object.fromEntries(metadata.map((each) => [each.name, each.isTensor ? `${each.type}[${each.shape.join(',')}]` : 'no tensor']));
  const [answer, link, isShare] = offset
    ? (['value', Math.exp, true] as const)
    : (['prob', (logit: number): number => 1 / (1 + Math.exp(-logit)), false] as const);
  const addedUp = (contrib: Float32Array, count: number, offsets: Float32Array | undefined): Float32Array<ArrayBuffer> => {
    const [said, width] = [new Float32Array(count), contrib.length / count];
    for (let row = 0; row < count; row += 1) {
      let sum = base + (offsets ? (offsets[row] ?? NaN) : 0);
      for (let place = row * width; place < (row + 1) * width; place += 1) sum += contrib[place] ?? NaN;
      said[row] = link(sum);
    }
    return said;
  };
  const open = (bytes: Uint8Array): Promise<InferenceSession> =>
    runtime.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  const sessions: InferenceSession[] = [];
  try {
    for (const bytes of offset ? [file, offset] : [file]) sessions.push(await open(bytes));
    const ends = sessions.map(({ inputMetadata, outputMetadata }) => ({ input: endsOf(inputMetadata), output: endsOf(outputMetadata) }));
    port.postMessage({ kind: 'opened', ok: true, ends });
  } catch (error) {
    port.postMessage({ kind: 'opened', ok: false, message: textOf(error) });
  }
  const score = async ({ id, rows, count, contributions }: Run): Promise<void> => {
    try {
      const [model, before] = sessions;
      if (!model) throw new Error('no model');
      const features = new runtime.Tensor('float32', rows, [count, rows.length / count]);
      const offsets = before && (await before.run({ features }, ['offset']))['offset'];
      const ran = await model.run(offsets ? { features, offset: offsets } : { features }, [answer, 'contrib']);
      // A copy: what a session gives may lie in its own memory, which cannot be handed over.
      const contrib = new Float32Array(ran['contrib']?.data as Float32Array);
      const said = addedUp(contrib, count, offsets?.data as Float32Array | undefined);
      const graphs = ran[answer]?.data as Float32Array;
      const away = said.findIndex((each, row) => {
        const graph = graphs[row] ?? NaN;
        return !(Math.abs(each - graph) <= 1e-5 * (isShare ? Math.abs(graph) : 1));
      });
      if (away >= 0) throw new Error(`base and contributions give ${said[away] ?? NaN} where the graph gives ${graphs[away] ?? NaN}`);
      if (!contributions) return port.postMessage({ kind: 'ran', id, ok: true, said }, [said.buffer]);
      port.postMessage({ kind: 'ran', id, ok: true, said, contrib }, [said.buffer, contrib.buffer]);
    } catch (error) {
      port.postMessage({ kind: 'ran', id, ok: false, message: textOf(error) });
    }
  };
  // One after the other, in the order of the messages.
  let last = Promise.resolve();
  port.on('message', (message: Run | { readonly kind: 'close' }) => {
    last = last.then(async () => {
      if (message.kind === 'run') return score(message);
      for (const session of sessions) await session.release();
      port.close();
    });
  });
}
