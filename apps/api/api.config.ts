import { alarmsConfig } from '#alarms';
import { clickhouseConfig } from '#clickhouse';
import { httpConfig } from '#http';
import { logConfig } from '#observability';
import { streamingConfig } from '#streaming';

/** Every slice of the process that answers. */
export const slices = [httpConfig, streamingConfig, clickhouseConfig, alarmsConfig, logConfig];
