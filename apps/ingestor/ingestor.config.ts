import { alarmsConfig } from '#alarms';
import { clickhouseConfig } from '#clickhouse';
import { httpConfig } from '#http';
import { ingestionConfig } from '#ingestion';
import { logConfig } from '#observability';
import { streamingConfig } from '#streaming';

/** Every slice of the process that ingests. */
export const slices = [httpConfig, streamingConfig, clickhouseConfig, ingestionConfig, alarmsConfig, logConfig];
