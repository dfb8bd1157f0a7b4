#!/usr/bin/env escript
%% A little SMTP server on Erlang's ssl. Arguments: port, certificate, key, "silent" or "greet", and versions; none: the default.

main([Port, Cert, Key, Manner | Versions]) ->
    {ok, _} = application:ensure_all_started(ssl),
    Options = [{ip, {127, 0, 0, 1}}, {backlog, 128}, {reuseaddr, true}, {active, false}, {packet, line},
               {certfile, Cert}, {keyfile, Key}
               | [{versions, [list_to_atom(V) || V <- Versions]} || Versions =/= []]],
    {ok, Listener} = ssl:listen(list_to_integer(Port), Options),
    accept(Listener, Manner).

accept(Listener, Manner) ->
    {ok, Connection} = ssl:transport_accept(Listener),
    Pid = spawn(fun() -> receive go -> serve(Connection, Manner) end end),
    ok = ssl:controlling_process(Connection, Pid),
    Pid ! go,
    accept(Listener, Manner).

serve(Connection, Manner) ->
    case ssl:handshake(Connection, 30000) of
        {ok, Session} ->
            Manner =:= "silent" orelse ssl:send(Session, "220 mail.test ESMTP\r\n"),
            talk(Session);
        _ ->
            ok
    end.

talk(Session) ->
    case ssl:recv(Session, 0) of
        {ok, "EHLO" ++ _} -> ssl:send(Session, "250 mail.test\r\n"), talk(Session);
        {ok, "QUIT" ++ _} -> ssl:send(Session, "221 bye\r\n"), ssl:close(Session);
        {ok, _} -> ssl:send(Session, "250 ok\r\n"), talk(Session);
        _ -> ssl:close(Session)
    end.
