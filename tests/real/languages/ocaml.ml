(* Exceptions, garbage collection, effects of the system: compiled to machine code and to byte code. *)
let rec fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
let () = Printf.printf "%d\n" (fib 27)
let rec deep n = if n = 0 then 0 else 1 + deep (n - 1)
let () = Printf.printf "%d\n" (deep 100000)
let rec endless n = 1 + endless (n + 1)
let () = try ignore (endless 0) with Stack_overflow -> print_endline "stack overflow"
let () = try ignore [|1|].(Sys.opaque_identity 3) with Invalid_argument m -> print_endline m
let () = try ignore (1 / Sys.opaque_identity 0) with Division_by_zero -> print_endline "division by zero"
let h = Hashtbl.create 10
let () = for i = 0 to 199999 do Hashtbl.replace h (string_of_int i) [i] done
let () = Gc.full_major (); Printf.printf "%d\n" (Hashtbl.fold (fun _ l s -> List.hd l + s) h 0)
let () = Gc.compact ()
let () = Printf.printf "%.12f\n" (Array.fold_left (+.) 0. (Array.init 100000 (fun i -> sin (float i))))
let hits = ref 0
let () = Sys.set_signal Sys.sigusr1 (Sys.Signal_handle (fun _ -> incr hits))
let () = for i = 1 to 50 do Unix.kill (Unix.getpid ()) Sys.sigusr1; while !hits < i do ignore (Unix.getpid ()) done done;
  Printf.printf "%d\n" !hits
let () = match Unix.fork () with
  | 0 -> exit 9
  | p -> (match Unix.waitpid [] p with (_, Unix.WEXITED n) -> Printf.printf "%d\n" n | _ -> print_endline "?")
let () = let c = Unix.open_process_in "echo from a child" in print_endline (input_line c); ignore (Unix.close_process_in c)
let () = let m = Mutex.create () and n = ref 0 in
  let ts = List.init 8 (fun _ -> Thread.create (fun () -> for _ = 1 to 2000 do Mutex.lock m; incr n; Mutex.unlock m done) ()) in
  List.iter Thread.join ts; Printf.printf "%d\n" !n
