//! The operator's platform: box API, order push, verifier, services, staff consoles.
