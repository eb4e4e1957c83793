fn main() { println!("{}", crab::twice(21)) }
