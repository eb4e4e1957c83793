pub fn twice(n: u32) -> u32 { n * 2 }
#[cfg(test)]
mod tests {
    #[test] fn works() { assert_eq!(super::twice(4), 8) }
    #[test] #[should_panic] fn panics() { panic!() }
    #[test] fn threads() { let h: Vec<_> = (0..8).map(|i| std::thread::spawn(move || super::twice(i))).collect(); assert_eq!(h.into_iter().map(|h| h.join().unwrap()).sum::<u32>(), 56) }
}
