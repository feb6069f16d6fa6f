//! The tree of hashes under which a bundle's content stands (dm-verity, version 1, SHA-256, blocks of 4 KiB).
//!
//! The box's kernel checks each block against it when it is read. Here it is made anew from the content, so that a
//! damaged bundle is told before any box fetches it.

use std::io::{self, Read};

use aws_lc_rs::digest::{Context, SHA256};

/// Size of a block of content and of the tree.
pub const BLOCK_LEN: usize = 4_096;
const HASH_LEN: usize = 32;

/// A tree of hashes.
#[derive(Debug, PartialEq, Eq)]
pub struct Tree {
    /// Hash of its top.
    pub root: [u8; HASH_LEN],
    /// As it lies behind the content: the top first.
    pub bytes: Vec<u8>,
}

/// The tree over so many blocks of content.
pub fn tree(content: &mut dyn Read, blocks: u64, salt: &[u8]) -> io::Result<Tree> {
    let mut hashes = Vec::new();
    let mut block = [0; BLOCK_LEN];
    for _ in 0..blocks {
        content.read_exact(&mut block)?;
        hashes.extend(hash(&block, salt));
    }
    let mut levels = Vec::new();
    while hashes.len() > HASH_LEN {
        hashes.resize(hashes.len().next_multiple_of(BLOCK_LEN), 0);
        let above: Vec<u8> = hashes.chunks(BLOCK_LEN).flat_map(|block| hash(block, salt)).collect();
        levels.push(std::mem::replace(&mut hashes, above));
    }
    let root = hashes.try_into().map_err(|_| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    Ok(Tree { root, bytes: levels.into_iter().rev().flatten().collect() })
}

fn hash(block: &[u8], salt: &[u8]) -> [u8; HASH_LEN] {
    let mut context = Context::new(&SHA256);
    context.update(salt);
    context.update(block);
    let mut bytes = [0; HASH_LEN];
    bytes.copy_from_slice(context.finish().as_ref());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::hex;

    #[track_caller]
    fn check(blocks: u64, tree_blocks: usize, root: &str) {
        let content: Vec<u8> =
            (0..blocks).flat_map(|block| [(block % 251) as u8; BLOCK_LEN]).collect();
        let tree = tree(&mut content.as_slice(), blocks, &[0xab; 32]).expect("read");
        assert_eq!((tree.bytes.len(), hex(&tree.root).as_str()), (tree_blocks * BLOCK_LEN, root));
    }

    #[test]
    fn roots_are_those_that_another_program_finds() {
        check(1, 0, "dd2661f29736b994bb4d44940a72e328d0b56887df8761a1274e7d51cc525eed");
        check(2, 1, "566b29324e44c5ef1704b1e0a46fb7d4e52f7d29acdfa35620b71e5c93ab3d22");
        check(128, 1, "e80eab6ef027bcf3d0545a7ce3813aa4d773133efcfb2ec79e5d07165bea255b");
        check(300, 4, "2ee2943d173765bcb8df0109e3a9ffa68cf7b3d2907f473614ae9e347cec9c73");
    }

    #[test]
    fn content_that_ends_early_has_no_tree() {
        assert!(tree(&mut &[0; BLOCK_LEN][..], 2, &[]).is_err());
        assert!(tree(&mut &[][..], 0, &[]).is_err());
    }
}
