import { defineSlice } from '#config';
import { z } from 'zod';
import { defaultSecretsFile } from './secrets/secrets.js';

/** What the process that sends has to know and the store must not. */
export const deliveryConfig = defineSlice('delivery', {
  TIDELINE_SECRETS: z
    .string()
    .min(1)
    .default(defaultSecretsFile)
    .describe('File of the secrets that channels name; config/secrets.example.yaml shows one. The default may be absent.'),
  TIDELINE_MAIL_FROM: z
    .email('must be an address such as alerts@example.org')
    .default('tideline@localhost')
    .describe('Sender of mail. Most mail servers take one of their own domain only.'),
});
