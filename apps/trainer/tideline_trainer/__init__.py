"""Trains Tideline's models: features from the store, candidates, honest measures, one ONNX file with its manifest."""
