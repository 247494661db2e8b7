namespace Orleans.Runtime;

/// <summary>Requests in order of arrival, linked through themselves: adding and removing allocate nothing.</summary>
internal struct RequestList
{
    private Request? last;

    public Request? First { get; private set; }

    public readonly bool IsEmpty => First is null;

    public void Append(Request request)
    {
        request.Previous = last;
        request.Next = null;
        if (last is null)
        {
            First = request;
        }
        else
        {
            last.Next = request;
        }

        last = request;
    }

    public void Remove(Request request)
    {
        if (request.Previous is null)
        {
            First = request.Next;
        }
        else
        {
            request.Previous.Next = request.Next;
        }

        if (request.Next is null)
        {
            last = request.Previous;
        }
        else
        {
            request.Next.Previous = request.Previous;
        }

        request.Previous = null;
        request.Next = null;
    }
}
