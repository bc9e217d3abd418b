import { alarmsConfig } from '#alarms/config';
import { clickhouseConfig, storeConfig } from '#clickhouse/config';
import { defineSlice } from '#config';
import { deliveryConfig } from '#delivery/config';
import { httpConfig } from '#http/config';
import { shopConfig } from '#importing/config';
import { ingestionConfig } from '#ingestion/config';
import { simulationConfig } from '#simulation/config';
import { streamingConfig } from '#streaming/config';
import { z } from 'zod';

/** Of the process as a whole. */
export const tidelineConfig = defineSlice('tideline', {
  TIDELINE_DATA: z.string().min(1).default('.data').describe('Directory of everything this instance keeps.'),
  TIDELINE_KAFKA_JARS: z.string().default('.cache/kafka-4.3.1').describe('Where the jars of the local Kafka are; npm start fills it.'),
  TIDELINE_SIMULATOR: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether the simulated shop `demo` runs: two years of history, then live.'),
  TIDELINE_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'])
    .default('info')
    .describe('What goes to logs/tideline.log in the data directory.'),
});

/** Every slice of the all-in-one process; `.env.example` is made of them. */
export const slices = [
  tidelineConfig,
  httpConfig,
  streamingConfig,
  clickhouseConfig,
  storeConfig,
  ingestionConfig,
  alarmsConfig,
  deliveryConfig,
  simulationConfig,
  shopConfig,
];
