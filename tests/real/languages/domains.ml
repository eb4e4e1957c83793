(* OCaml 5: domains that collect together, effects. *)
open Effect
type _ Effect.t += Ask : int -> int Effect.t
let rec fib n = if n < 2 then n else fib (n - 1) + fib (n - 2)
let () =
  let ds = List.init 4 (fun k -> Domain.spawn (fun () ->
    let l = ref [] in for i = 0 to 100000 do l := (i * k) :: !l; if i mod 10000 = 0 then l := [] done; fib 22 + k)) in
  Printf.printf "%d\n" (List.fold_left (fun s d -> s + Domain.join d) 0 ds)
let () =
  let a = Atomic.make 0 in
  let ds = List.init 4 (fun _ -> Domain.spawn (fun () -> for _ = 1 to 50000 do Atomic.incr a done)) in
  List.iter Domain.join ds; Printf.printf "%d\n" (Atomic.get a)
let () =
  let r = Deep.match_with (fun () -> let s = ref 0 in for i = 1 to 10000 do s := !s + perform (Ask i) done; !s) ()
    { retc = Fun.id; exnc = raise; effc = fun (type a) (e : a Effect.t) -> match e with
      | Ask n -> Some (fun (k : (a, _) Deep.continuation) -> Deep.continue k (n * 2)) | _ -> None } in
  Printf.printf "%d\n" r
let rec endless n = 1 + endless (n + 1)
let () = try ignore (endless 0) with Stack_overflow -> print_endline "stack overflow"
