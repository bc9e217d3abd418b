import { topicOf, topics, type TopicName } from '#contracts';
import { domainTopicConfig, type TopicSpec } from '#streaming';
import { isSandbox, isScored, type Shop } from '#warehouse';
import { controlTopicOf } from './claim/refresh-claim.js';

/** The topics that a shop has: all there are; of a sandbox that of its alerts, where it is scored. */
export function topicsOfShop(shop: Shop): TopicSpec[] {
  const ofSandbox: readonly TopicName[] = isScored(shop) ? ['alerts.v1'] : [];
  const names = isSandbox(shop) ? ofSandbox : (Object.keys(topics) as TopicName[]);
  return names.map((name) => ({ topic: topicOf(shop.shop, name), partitions: topics[name].partitions, config: domainTopicConfig }));
}

/** What there may be of a sandbox on the broker: the next one of its name begins with nothing. */
export function topicsOfRemoved(sandbox: Shop): string[] {
  return isScored(sandbox) ? [...topicsOfShop(sandbox).map(({ topic }) => topic), controlTopicOf(sandbox.shop, 'scorer')] : [];
}
