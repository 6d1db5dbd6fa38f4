//! Models for loom: the small protocols of the core, run under every interleaving within stated bounds.
