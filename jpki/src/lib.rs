//! My Number card conversation and verification of its certificates.
