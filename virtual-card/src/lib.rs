//! Development only: software My Number card, test CA and virtual-reader bridge.
