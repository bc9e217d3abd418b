import type { DeliveryMessage } from '#contracts';

/** What a delivery says to a person, in plain text. */
export interface Words {
  readonly headline: string;
  readonly lines: readonly string[];
}

export function wordsOf(message: DeliveryMessage): Words {
  if (message.about === 'alarm') {
    const { code, subject, message: what, since, runbook } = message.alarm;
    const about = `${code}${subject === '' ? '' : ` (${subject})`}`;
    if (message.step === 'cleared')
      return { headline: `${message.shop}: the alarm ${about} has gone`, lines: [`It stood since ${since}.`] };
    return { headline: `${message.shop}: alarm ${about}`, lines: [what, `Since ${since}. What to do: ${runbook}`] };
  }
  const { customerId, probability, netValueAtStake, currency, reasons, rule, expiresAt } = message.alert;
  if (message.step === 'recovered') {
    return { headline: `${message.shop}: customer ${customerId} has recovered`, lines: [`Rule ${rule}, at ${message.at}.`] };
  }
  const risk = `${Math.round(probability * 100)} %`;
  return {
    headline: `${message.shop}: customer ${customerId} is likely to be gone (${risk}), ${netValueAtStake} ${currency} at stake`,
    lines: [...reasons, `Rule ${rule}, at ${message.at}; until ${expiresAt}.`],
  };
}
