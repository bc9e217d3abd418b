import { Catch, HttpException, HttpStatus, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';

/** Errors of our libs: a code and whether trying again helps. */
interface CodedError extends Error {
  readonly code: string;
  readonly retryable: boolean;
}

/** What a caller did wrong, by code; every other coded error is ours: 503 when trying again helps, else 500. */
const statusOfCode: Readonly<Record<string, HttpStatus>> = {
  'not-signed-in': HttpStatus.UNAUTHORIZED,
  'role-too-low': HttpStatus.FORBIDDEN,
  'room-unknown': HttpStatus.NOT_FOUND,
  'query-invalid': HttpStatus.BAD_REQUEST,
  'shop-unknown': HttpStatus.NOT_FOUND,
  'shop-differs': HttpStatus.CONFLICT,
  'no-maintenance': HttpStatus.NOT_FOUND,
  'not-halted': HttpStatus.CONFLICT,
  'maintenance-runs': HttpStatus.CONFLICT,
  'no-such-table': HttpStatus.BAD_REQUEST,
  'replay-unknown': HttpStatus.NOT_FOUND,
  'replay-target-live': HttpStatus.CONFLICT,
  'replay-target-taken': HttpStatus.CONFLICT,
  'replay-over': HttpStatus.CONFLICT,
  'replay-range-empty': HttpStatus.BAD_REQUEST,
  'replay-nothing': HttpStatus.UNPROCESSABLE_ENTITY,
  'replay-unscored': HttpStatus.UNPROCESSABLE_ENTITY,
  'event-unknown': HttpStatus.NOT_FOUND,
  'score-unknown': HttpStatus.NOT_FOUND,
  'series-unknown': HttpStatus.NOT_FOUND,
  'forecast-ahead': HttpStatus.CONFLICT,
  'forecast-other-shop': HttpStatus.CONFLICT,
  'forecast-without': HttpStatus.CONFLICT,
  'model-unknown': HttpStatus.NOT_FOUND,
  'model-move-refused': HttpStatus.CONFLICT,
  'model-invalid': HttpStatus.UNPROCESSABLE_ENTITY,
  'model-file-differs': HttpStatus.UNPROCESSABLE_ENTITY,
  'kind-unknown': HttpStatus.UNPROCESSABLE_ENTITY,
  'format-unknown': HttpStatus.UNPROCESSABLE_ENTITY,
  'manifest-unreadable': HttpStatus.UNPROCESSABLE_ENTITY,
  'features-differ': HttpStatus.UNPROCESSABLE_ENTITY,
  'feature-hash-differs': HttpStatus.UNPROCESSABLE_ENTITY,
  'outputs-differ': HttpStatus.UNPROCESSABLE_ENTITY,
  'file-differs': HttpStatus.UNPROCESSABLE_ENTITY,
  'file-unreadable': HttpStatus.UNPROCESSABLE_ENTITY,
  'range-not-aligned': HttpStatus.BAD_REQUEST,
  'range-empty': HttpStatus.BAD_REQUEST,
  'too-many-points': HttpStatus.BAD_REQUEST,
  'time-zone-unknown': HttpStatus.BAD_REQUEST,
  'alarm-unknown': HttpStatus.NOT_FOUND,
  'alert-unknown': HttpStatus.NOT_FOUND,
  'already-acknowledged': HttpStatus.CONFLICT,
  'already-acted': HttpStatus.CONFLICT,
  'alert-over': HttpStatus.CONFLICT,
  'snooze-past': HttpStatus.BAD_REQUEST,
  'snooze-too-long': HttpStatus.BAD_REQUEST,
  'rule-unknown': HttpStatus.NOT_FOUND,
  'rule-changed': HttpStatus.CONFLICT,
  'page-unknown': HttpStatus.BAD_REQUEST,
  'channel-unknown': HttpStatus.NOT_FOUND,
  'channel-changed': HttpStatus.CONFLICT,
  'delivery-unknown': HttpStatus.NOT_FOUND,
  'delivery-not-dead': HttpStatus.CONFLICT,
  'backtest-runs': HttpStatus.CONFLICT,
  'backtest-no-model': HttpStatus.UNPROCESSABLE_ENTITY,
  'backtest-no-history': HttpStatus.UNPROCESSABLE_ENTITY,
  // Nobody is there to read it.
  'backtest-abandoned': HttpStatus.REQUEST_TIMEOUT,
};

/**
 * Every error of the API as `application/problem+json`.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: (error: unknown, instance: string) => void) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const { status, detail, code } = this.describe(error, request);
    if (status >= 500) this.log(error, request.originalUrl);
    response
      .status(status)
      .type('application/problem+json')
      .json({
        type: code === undefined ? 'about:blank' : `urn:tideline:problem:${code}`,
        title: titleOf(status),
        status,
        detail,
        instance: request.originalUrl,
        ...(code === undefined ? {} : { code }),
      });
  }

  private describe(error: unknown, request: Request): { status: number; detail: string; code?: string } {
    if (isCoded(error)) {
      const status = statusOfCode[error.code] ?? (error.retryable ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.INTERNAL_SERVER_ERROR);
      return { status, detail: error.message, code: error.code };
    }
    if (error instanceof HttpException) {
      const body = error.getResponse();
      const message = typeof body === 'object' && 'message' in body ? body.message : error.message;
      const detail = Array.isArray(message) ? message.join('; ') : String(message);
      const status = error.getStatus();
      if (status === 404) return { status, detail: `There is nothing at ${request.path}. The API is described at /api/docs.` };
      // Of the body parser: its own words name neither size nor place.
      if (status === 413) {
        const size = request.headers['content-length'];
        return {
          status,
          detail: `The body${size === undefined ? '' : `, ${size} bytes,`} is larger than ${request.method} ${request.path} takes.`,
        };
      }
      return { status, detail };
    }
    // Errors of the body parser carry a status of their own.
    const status = (error as { status?: unknown } | null)?.status;
    if (typeof status === 'number' && status >= 400 && status < 500) return { status, detail: (error as Error).message };
    return { status: HttpStatus.INTERNAL_SERVER_ERROR, detail: 'Something failed on our side; the log has the cause.' };
  }
}

function isCoded(error: unknown): error is CodedError {
  return (
    error instanceof Error &&
    typeof (error as Partial<CodedError>).code === 'string' &&
    typeof (error as Partial<CodedError>).retryable === 'boolean'
  );
}

function titleOf(status: number): string {
  const words = HttpStatus[status] ?? 'ERROR';
  return words.charAt(0) + words.slice(1).toLowerCase().replaceAll('_', ' ');
}
