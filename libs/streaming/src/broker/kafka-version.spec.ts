import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// Maven fetches one version of Kafka; whatever else names one means the same.

const version = /<kafka\.version>(.*)<\/kafka\.version>/.exec(readFileSync('infra/kafka/pom.xml', 'utf8'))?.[1] ?? 'none in the pom';

it.each([
  ['docker-compose.yml', /image: apache\/kafka:(\S+)/],
  ['.env.example', /TIDELINE_KAFKA_JARS=\.cache\/kafka-(\S+)/],
  ['apps/tideline/tideline.config.ts', /'\.cache\/kafka-(.*?)'/],
  ['libs/testing/src/stack/local-parts.ts', /kafkaVersion = '(.*?)'/],
  ['libs/streaming/src/streaming.int-spec.ts', /'\.cache\/kafka-(.*?)'/],
  ['libs/streaming/src/broker/broker.int-spec.ts', /'\.cache\/kafka-(.*?)'/],
  ['libs/streaming/src/broker/supervised-broker.int-spec.ts', /'\.cache\/kafka-(.*?)'/],
  ['libs/testing/src/stack/container-parts.ts', /'apache\/kafka:(.*?)'/],
])('%s names the version of infra/kafka/pom.xml', (file, names) => {
  expect(names.exec(readFileSync(file, 'utf8'))?.[1]).toBe(version);
});
