import { ImportError, InstanceClient } from '#importing';
import type { Logger } from '#observability';
import { demoShop } from '#simulation';

/**
 * Has the API use its shipped model of a profile for the simulated shop, where nobody has said anything of its models yet. That it does not
 * come to that is logged: the shop's figures do not hang on it.
 */
export async function giveModel(url: string, secret: string | undefined, profile: string, log: Logger): Promise<void> {
  const client = new InstanceClient(url, secret);
  try {
    const [{ models }, { kinds }] = [await client.models(), await client.modelsOf(demoShop)];
    const shipped = models.find(({ version, addedBy }) => addedBy === 'shipped' && version.startsWith(`churn-${profile}-`));
    const untouched = kinds.some(({ kind, log: moves }) => kind === 'churn' && moves.length === 0);
    if (!shipped || !untouched) return;
    await client.moveModel(demoShop, 'promote', shipped.version);
    log.info({ shop: demoShop, version: shipped.version }, 'shipped model active');
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    log.warn({ err: error }, `the shop ${demoShop} has no model`);
  }
}
