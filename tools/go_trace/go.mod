module go_trace

go 1.19
