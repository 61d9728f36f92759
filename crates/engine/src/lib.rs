//! The data plane: sources, sinks, detectors and transforms on DataFusion.
