import { alarmsConfig } from '#alarms';
import { clickhouseConfig } from '#clickhouse';
import { deliveryConfig } from '#delivery';
import { httpConfig } from '#http';
import { logConfig } from '#observability';
import { streamingConfig } from '#streaming';

/** Every slice of the process that scores. */
export const slices = [httpConfig, streamingConfig, clickhouseConfig, alarmsConfig, deliveryConfig, logConfig];
