export { startBroker, type Broker, type BrokerOptions } from './broker/broker.js';
export { superviseBroker, type SupervisedBroker } from './broker/supervised-broker.js';
export { domainTopicConfig, maxMessageBytes } from './broker/server-properties.js';
export { openStreaming, type StreamingOptions } from './kafka-streaming.js';
export { partitionOfKey } from './partition-of-key.js';
export { StreamingError, type StreamingErrorCode } from './streaming.errors.js';
export {
  STREAMING,
  type ConsumerState,
  type ConsumeSpec,
  type EventProducer,
  type IncomingBatch,
  type IncomingMessage,
  type Kept,
  type OutgoingMessage,
  type PartitionBounds,
  type RunningConsumer,
  type SentRange,
  type Streaming,
  type StreamingLogger,
  type TopicSpec,
} from './streaming.js';
export { streamingConfig } from './streaming.config.js';
export { StreamingModule } from './streaming.module.js';
