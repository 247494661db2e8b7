namespace Orleans.Runtime
{
    /// <summary>Anything that a reference can point to.</summary>
    public interface IAddressable;
}

namespace Orleans
{
    using Orleans.Runtime;

    /// <summary>The root of grain interfaces.</summary>
    public interface IGrain : IAddressable;

    /// <summary>Grains whose key is a string.</summary>
    public interface IGrainWithStringKey : IGrain;

    /// <summary>Grains whose key is a GUID.</summary>
    public interface IGrainWithGuidKey : IGrain;

    /// <summary>Grains whose key is a 64-bit integer.</summary>
    public interface IGrainWithIntegerKey : IGrain;
}
